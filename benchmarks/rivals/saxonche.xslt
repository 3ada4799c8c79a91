<?xml version="1.0" encoding="UTF-8"?>
<!-- The checks as a compiled Schematron schema would hold them: a template a context, an if an assertion. -->
<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:f="urn:f" exclude-result-prefixes="#all">
  <xsl:output method="text"/>
  <xsl:variable name="total-row" select="'年度资金总额'"/>

  <xsl:function name="f:sum" as="xs:decimal">
    <xsl:param name="values"/>
    <xsl:sequence select="sum(for $value in $values return xs:decimal($value), xs:decimal(0))"/>
  </xsl:function>

  <xsl:function name="f:digits" as="xs:integer">
    <xsl:param name="value"/>
    <xsl:sequence select="string-length(substring-after($value, '.'))"/>
  </xsl:function>

  <xsl:template name="found">
    <xsl:param name="check"/>
    <xsl:value-of select="$check || '&#9;' || (@行, 0)[1] || '&#10;'"/>
  </xsl:template>

  <xsl:template match="/表">
    <xsl:variable name="total" select="项目资金[资金来源 = $total-row]"/>
    <xsl:variable name="rows" select="绩效指标 | $total"/>
    <xsl:variable name="sum" select="f:sum($rows/得分)"/>
    <xsl:variable name="score" select="总分/得分"/>
    <xsl:variable name="printed" select="max((0, $rows/得分/f:digits(.)))"/>
    <xsl:variable name="shown" select="f:digits($score)"/>
    <xsl:variable name="places" select="min((2, if ($printed = 0) then $shown else min(($printed, $shown))))"/>
    <xsl:variable name="half" select="(0.5, 0.05, 0.005)[$places + 1]"/>
    <xsl:if test="not(年度)"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE001 年度'"/></xsl:call-template></xsl:if>
    <xsl:if test="not(项目名称)"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE001 项目名称'"/></xsl:call-template></xsl:if>
    <xsl:if test="not(实施单位 | 资金使用单位 | 部门)"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE001 单位'"/></xsl:call-template></xsl:if>
    <xsl:if test="not(主管部门 | 地方主管部门 | 中央主管部门)"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE001 主管'"/></xsl:call-template></xsl:if>
    <xsl:if test="绩效指标/分值 and f:sum($rows/分值) ne 100"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE201'"/></xsl:call-template></xsl:if>
    <xsl:if test="$score and 绩效指标/得分 and not($rows[分值 and not(得分)]) and abs(xs:decimal($score) - $sum) gt $half"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE303'"/></xsl:call-template></xsl:if>
    <xsl:apply-templates select="项目资金 | 绩效指标 | 总分"/>
  </xsl:template>

  <xsl:template match="项目资金">
    <xsl:if test="xs:decimal(全年执行数) gt xs:decimal(全年预算数) + 0.01"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE101'"/></xsl:call-template></xsl:if>
    <xsl:if test="xs:decimal(得分) gt xs:decimal(分值)"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE301 资金'"/></xsl:call-template></xsl:if>
    <xsl:if test="xs:decimal(得分) lt 0"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE302 资金'"/></xsl:call-template></xsl:if>
    <xsl:if test="资金来源 = $total-row and 分值 and not(得分)"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE304 资金'"/></xsl:call-template></xsl:if>
  </xsl:template>

  <xsl:key name="alike" match="绩效指标" use="string-join((二级指标, '|', 三级指标, '|', 年度指标值))"/>

  <xsl:template match="绩效指标">
    <xsl:if test="三级指标 and not(. is key('alike', string-join((二级指标, '|', 三级指标, '|', 年度指标值)))[1])"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE009'"/></xsl:call-template></xsl:if>
    <xsl:if test="xs:decimal(得分) gt xs:decimal(分值)"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE301 指标'"/></xsl:call-template></xsl:if>
    <xsl:if test="xs:decimal(得分) lt 0"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE302 指标'"/></xsl:call-template></xsl:if>
    <xsl:if test="分值 and not(得分)"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE304 指标'"/></xsl:call-template></xsl:if>
    <xsl:if test="xs:decimal(得分) lt xs:decimal(分值) and not(偏差原因)"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE401'"/></xsl:call-template></xsl:if>
    <xsl:if test="not(实际完成值)"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE502'"/></xsl:call-template></xsl:if>
  </xsl:template>

  <xsl:template match="总分">
    <xsl:variable name="score" select="xs:decimal(得分)"/>
    <xsl:variable name="due" select="if ($score ge 90) then '优' else if ($score ge 80) then '良' else if ($score ge 60) then '中' else '差'"/>
    <xsl:if test="$score lt 0"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE302 总分'"/></xsl:call-template></xsl:if>
    <xsl:if test="得分 and 等级 and substring(等级, 1, 1) ne $due"><xsl:call-template name="found"><xsl:with-param name="check" select="'PE308'"/></xsl:call-template></xsl:if>
  </xsl:template>
</xsl:stylesheet>
